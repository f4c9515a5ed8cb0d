#include "simulate/attack.h"

const struct attack_kind attack_table[] = {
	{ "stolen-key",
	    "The long-lived key of svc-backup is used from a foreign network "
	    "to look around, make a user with administrator rights and stop "
	    "the trail.",
	    "Discovery:IAMUser/AnomalousBehavior,"
	    "Persistence:IAMUser/AnomalousBehavior,"
	    "PrivilegeEscalation:IAMUser/AnomalousBehavior,"
	    "Stealth:IAMUser/CloudTrailLoggingDisabled",
	    attack_stolen_key },
	{ "container-escape",
	    "A developer's stolen kubeconfig runs a shell in a pod, "
	    "makes a privileged pod with the host's file system, takes "
	    "the node's credentials and uses them from outside.",
	    "Execution:Kubernetes/SuspiciousCommand,"
	    "PrivilegeEscalation:Kubernetes/"
	    "AnomalousBehavior.WorkloadDeployed!PrivilegedContainer,"
	    "Persistence:Kubernetes/"
	    "AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount,"
	    "UnauthorizedAccess:IAMUser/"
	    "InstanceCredentialExfiltration.OutsideAWS",
	    attack_container_escape },
	{ "cryptominer",
	    "A pod's stolen token creates a deployment of an unknown "
	    "image that asks for a mining pool and works for it for two"
	    " days.",
	    "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed,"
	    "CryptoCurrency:EC2/BitcoinTool.B!DNS,"
	    "Behavior:EC2/NetworkPortUnusual",
	    attack_cryptominer },
	{ "s3-exfil",
	    "The session of the data pipeline's role is used from a "
	    "foreign network to copy hundreds of invoices and to open "
	    "the bucket to the world.",
	    "Exfiltration:S3/AnomalousBehavior,"
	    "Policy:S3/BucketAnonymousAccessGranted,"
	    "Discovery:IAMUser/AnomalousBehavior",
	    attack_s3_exfil },
	{ "anonymous-takeover",
	    "An administrator binds cluster-admin to system:anonymous; "
	    "hours later a stranger lists secrets, makes a pod and "
	    "binds cluster-admin to a default service account.",
	    "Policy:Kubernetes/AnonymousAccessGranted,"
	    "Discovery:Kubernetes/SuccessfulAnonymousAccess,"
	    "CredentialAccess:Kubernetes/SuccessfulAnonymousAccess,"
	    "Persistence:Kubernetes/SuccessfulAnonymousAccess,"
	    "DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess,"
	    "Policy:Kubernetes/AdminAccessToDefaultServiceAccount",
	    attack_anonymous_takeover },
	{ "dns-tunnel",
	    "A pod carries data out in the names of DNS queries below "
	    "one domain.",
	    "Trojan:EC2/DNSDataExfiltration", attack_dns_tunnel },
	{ "insider",
	    "A developer, at home at night, reads secrets in the "
	    "namespaces of others, copies buckets that are not hers and"
	    " shares a database snapshot with a foreign account.",
	    "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed,"
	    "Exfiltration:RDS/TransferDataToCloudAccount,"
	    "Exfiltration:S3/AnomalousBehavior",
	    attack_insider },
	{ "slow-beacon",
	    "Two pods call rare addresses, one every hour, one every "
	    "ten minutes, for days.",
	    "Backdoor:EC2/Beaconing", attack_slow_beacon },
	{ "portscan",
	    "A pod scans the ports of the database, then sweeps one "
	    "port of its neighbours and one of the internet.",
	    "Recon:EC2/Portscan,"
	    "Impact:EC2/PortSweep",
	    attack_portscan },
	{ "ssh-bruteforce",
	    "A stranger guesses passwords at the bastion for half an "
	    "hour, gets in and stays.",
	    "UnauthorizedAccess:EC2/SSHBruteForce", attack_ssh_bruteforce },
	{ "dga",
	    "A pod asks for hundreds of generated names that do not "
	    "exist until one does, then takes orders from it.",
	    "Trojan:EC2/DGADomainRequest.B", attack_dga },
	{ "root-login",
	    "Root signs in without a second factor from a foreign "
	    "network, weakens the password policy and deletes the "
	    "trail.",
	    "Policy:IAMUser/RootCredentialUsage,"
	    "Stealth:IAMUser/PasswordPolicyChange,"
	    "Stealth:IAMUser/CloudTrailLoggingDisabled",
	    attack_root_login },
	{ "image-drift",
	    "An analyst who never deploys swaps the image of a running "
	    "deployment for one of another registry.",
	    "Persistence:Kubernetes/ImageDrift", attack_image_drift },
	{ "public-dashboard",
	    "The Kubernetes dashboard is published by a load balancer "
	    "and made administrator.",
	    "Policy:Kubernetes/ExposedDashboard,"
	    "PrivilegeEscalation:Kubernetes/"
	    "AnomalousBehavior.RoleBindingCreated",
	    attack_public_dashboard },
};

const size_t attack_count = COUNTOF(attack_table);
